# Ten resources.
class differential::hundred::c075 {
  notify { 'c075 1':
    message => "1 of class c075 on ${facts['networking']['hostname']}",
  }
  notify { 'c075 2':
    message => "2 of class c075 on ${facts['networking']['hostname']}",
  }
  notify { 'c075 3':
    message => "3 of class c075 on ${facts['networking']['hostname']}",
  }
  notify { 'c075 4':
    message => "4 of class c075 on ${facts['networking']['hostname']}",
  }
  notify { 'c075 5':
    message => "5 of class c075 on ${facts['networking']['hostname']}",
  }
  notify { 'c075 6':
    message => "6 of class c075 on ${facts['networking']['hostname']}",
  }
  notify { 'c075 7':
    message => "7 of class c075 on ${facts['networking']['hostname']}",
  }
  notify { 'c075 8':
    message => "8 of class c075 on ${facts['networking']['hostname']}",
  }
  notify { 'c075 9':
    message => "9 of class c075 on ${facts['networking']['hostname']}",
  }
  notify { 'c075 10':
    message => "10 of class c075 on ${facts['networking']['hostname']}",
  }
}

# Ten resources.
class differential::hundred::c079 {
  notify { 'c079 1':
    message => "1 of class c079 on ${facts['networking']['hostname']}",
  }
  notify { 'c079 2':
    message => "2 of class c079 on ${facts['networking']['hostname']}",
  }
  notify { 'c079 3':
    message => "3 of class c079 on ${facts['networking']['hostname']}",
  }
  notify { 'c079 4':
    message => "4 of class c079 on ${facts['networking']['hostname']}",
  }
  notify { 'c079 5':
    message => "5 of class c079 on ${facts['networking']['hostname']}",
  }
  notify { 'c079 6':
    message => "6 of class c079 on ${facts['networking']['hostname']}",
  }
  notify { 'c079 7':
    message => "7 of class c079 on ${facts['networking']['hostname']}",
  }
  notify { 'c079 8':
    message => "8 of class c079 on ${facts['networking']['hostname']}",
  }
  notify { 'c079 9':
    message => "9 of class c079 on ${facts['networking']['hostname']}",
  }
  notify { 'c079 10':
    message => "10 of class c079 on ${facts['networking']['hostname']}",
  }
}
